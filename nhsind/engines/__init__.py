"""Where the records lie, and what runs the rules on them there."""
