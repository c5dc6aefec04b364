print(f"{'unicode text: é'!a}")
