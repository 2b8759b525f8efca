"""The JSON documents that commands print, as models: keys, types and meanings. Their JSON Schemas are derived from them."""
