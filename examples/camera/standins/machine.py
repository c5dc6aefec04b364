from _parts import LED, RTC, UART, Pin

__all__ = ("LED", "Pin", "RTC", "UART")
