# differs: the view keeps the bytes that it was made of
data = bytearray(b"abcd")
view = memoryview(data)
try:
    data.extend(b"efgh")
except BufferError:
    print("BufferError")
print(data, bytes(view))
