"""The one error of this package: what is wrong and what to do about it, on one line."""


class StackError(Exception):
    """A server, a port, a folder or an account stands in the way; `remedy` is what the person should do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} -> {remedy}")
        self.message = message
        self.remedy = remedy
