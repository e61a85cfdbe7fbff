"""Futures replayed under any plan, allocation and options: who computes them, what is kept, what is known."""
