"""What an audience may see of the accepted reports: chosen row by row before anything is worked out, under identifiers of its own.

An audience has a home of its own inside the home: a ledger and accepted files with the rows that it may see, as if no other row had ever
been sent. Everything that it reads is worked out from these by the steps that work out the owner's store. So no figure, count, name or
identifier of its publication can depend on a row that it may not see.
"""
