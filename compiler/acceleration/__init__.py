"""Faster sweeps for modules that elegansc generated: `elegansc.native`."""
