"""How sure a merged value is: the scatter of its own history, what is assumed where there is too little, and the drift since."""
