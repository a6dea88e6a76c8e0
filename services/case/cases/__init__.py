"""Cases: a family or one person, from the first enquiry to the closing, with members by date."""
