crop = "rye"
