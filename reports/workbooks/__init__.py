"""Excel workbooks: of saved runs, of a plan to be filled in, of quota letters."""
