from .sync import Lock
