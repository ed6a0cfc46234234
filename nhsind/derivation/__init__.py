"""From checked tables to the output table: flags, sums, values, standards, change."""
