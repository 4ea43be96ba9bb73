"""The service: the web application in which care is recorded. It needs the extra `service`; only `cli` imports it."""
