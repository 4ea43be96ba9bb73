class RefusedError(Exception):
    """The provider will never take this message. `kind` is its word for why, without content."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)
