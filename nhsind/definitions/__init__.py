"""What an indicator is: model, loader, clauses, unit and record tables, dates, cards."""
