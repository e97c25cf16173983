"""Foreign maps turned into venues: OpenStreetMap, GeoJSON, Shapefile, GeoPackage, DXF, WKT, a painted plan."""
