def area():
    pass

area.unit = "m2"
print(area.unit, area.__dict__)
