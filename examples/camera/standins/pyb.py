from _parts import LED, RTC, SPI, UART, USB_VCP, ExtInt, Pin, Servo

__all__ = ("LED", "ExtInt", "Pin", "RTC", "SPI", "Servo", "UART", "USB_VCP")
