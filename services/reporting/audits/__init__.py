"""What an auditor asks for: random samples of what a figure counts, and extracts of people who consent to research."""
