print(f"{'hello { world'}", f"{'hello ] world'}")
