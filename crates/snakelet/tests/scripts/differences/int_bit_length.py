print((255).bit_length(), (1 << 70).bit_length(), (-4).bit_length())
