def area():
    pass

print(area.__module__)
