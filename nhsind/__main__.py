"""`python -m nhsind` is the command `nhsind`."""

from nhsind.cli import main

if __name__ == "__main__":
    main()
