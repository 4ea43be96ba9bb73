"""Tables, charts and pages made from results. No arithmetic on records happens here."""
