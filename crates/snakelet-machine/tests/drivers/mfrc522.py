# mfrc522.py
# on an esp8266
import mfrc522

reader = mfrc522.MFRC522(22, 16, 17, 13, 12)
status, kind = reader.request(reader.REQIDL)
assert status == reader.OK and kind == 0x10, (status, kind)
status, number = reader.anticoll()
assert status == reader.OK and bytes(number[:4]) == b"\xde\xad\xbe\xef", (status, number)
print(bytes(number).hex())
