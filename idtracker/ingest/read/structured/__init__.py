"""JSON, HXL, HTML, Excel 2003 XML and XLSForm codebooks."""
