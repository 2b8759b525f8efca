"""An index computed from its definition: a matrix of units by indicators in, every stage of every node out."""
