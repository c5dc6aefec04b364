# nrf24l01.py
from machine import Pin, SPI
import nrf24l01

radio = nrf24l01.NRF24L01(SPI(1), Pin(11), Pin(13), payload_size=8)
radio.open_tx_pipe(b"\xe1\xf0\xf0\xf0\xf0")
radio.open_rx_pipe(1, b"\xd2\xf0\xf0\xf0\xf0")
radio.start_listening()
assert not radio.any()
radio.stop_listening()
radio.send(b"ping")
assert radio.any()
message = radio.recv()
assert message == b"ping\0\0\0\0", message
print(message)
