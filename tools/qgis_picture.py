"""A picture of a downloaded GeoPackage as QGIS draws it, for the docs. Run by Debian's Python, which has QGIS:

QT_QPA_PLATFORM=offscreen /usr/bin/python3 tools/qgis_picture.py contributions.gpkg docs/screenshots/qgis.png
"""

import sys

from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsVectorLayer
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
package, picture = sys.argv[1:]
whole = QgsVectorLayer(package, "whole", "ogr")
names = [part.split("!!::!!")[1] for part in whole.dataProvider().subLayers()]
layers = [QgsVectorLayer(f"{package}|layername={name}", name, "ogr") for name in names]
layers = [layer for layer in layers if layer.isSpatial() and layer.featureCount()]
settings = QgsMapSettings()
settings.setLayers(sorted(layers, key=lambda layer: layer.geometryType()))  # points above lines above areas
settings.setDestinationCrs(layers[0].crs())
settings.setOutputSize(QSize(900, 560))
settings.setBackgroundColor(QColor("white"))
extent = settings.fullExtent()
extent.scale(1.08)
settings.setExtent(extent)
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
job.renderedImage().save(picture)
del job, settings, layers, whole
application.exitQgis()
