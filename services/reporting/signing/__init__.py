"""What waits to be read by a leader (簽閱), in all recording services on one page."""
