"""What run.py needs before `.venv` exists: standard library only, Python 3.8 syntax."""
