"""jacobi placeholder."""
import numpy as np

class NearProbes:
    def __init__(self, d): self.d = d
    @classmethod
    def of(cls, green, emission, total, from_leads):
        own = np.array((emission.power(2)) @ np.abs(green.diagonal)**2)
        return cls(total - own)
    def solve(self, x): return x/self.d
