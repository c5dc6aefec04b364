print(hasattr(b"", "format"), hasattr("", "format"))
