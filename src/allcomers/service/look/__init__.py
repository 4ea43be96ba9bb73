"""What every page shares: the NHS.UK design system, the base template, pages for what goes wrong."""
