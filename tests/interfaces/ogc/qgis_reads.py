"""Run by Debian's Python with QGIS, not by ours: reads a collection as somebody does at a desk and prints what came.

Usage: python3 qgis_reads.py ADDRESS COLLECTION
"""

import json
import sys

from qgis.core import QgsApplication, QgsVectorLayer

QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
address, collection = sys.argv[1:]
uri = f"url='{address}' typename='{collection}' restrictToRequestBBOX='0'"
layer = QgsVectorLayer(uri, collection, "OAPIF")
features = list(layer.getFeatures()) if layer.isValid() else []
found = {
    "valid": layer.isValid(),
    "crs": layer.crs().authid(),
    "fields": [field.name() for field in layer.fields()],
    "titles": sorted(feature["title"] for feature in features),
    "places": [feature.geometry().asWkt(4) for feature in features if feature.hasGeometry()],
}
print("FOUND", json.dumps(found))
del features, layer
application.exitQgis()
