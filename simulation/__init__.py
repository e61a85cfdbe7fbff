"""The quarter played out day by day: plan, allocation and draws in, records and KPIs out."""
