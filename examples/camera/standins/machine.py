from _parts import LED, RTC, SPI, UART, Pin, deepsleep, reset

__all__ = ("LED", "Pin", "RTC", "SPI", "UART", "deepsleep", "reset")
