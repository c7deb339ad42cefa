"""Pure rules of order intake: no Django, no clock, no customs knowledge of their own."""
