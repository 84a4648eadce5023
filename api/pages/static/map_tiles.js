// A base map under a map of ours, where the operator has set one. Ours is in WGS 84; the tiles of
// Chinese providers are in GCJ-02, some hundreds of metres off, so theirs are laid shifted.

import { given } from "./words.js";

const AXIS_M = 6_378_245;
const ECCENTRICITY2 = 0.006693421622965943;
const DEEPEST = 18;
const { PI, sin, cos, sqrt, abs } = Math;
const RADIAN = PI / 180;

/** Give where GCJ-02 puts a place of WGS 84; outside of China nothing is shifted. */
export function toGcj({ lat, lng }) {
  if (lng < 72.004 || lng > 137.8347 || lat < 0.8293 || lat > 55.8271) return { lat, lng };
  const [x, y] = [lng - 105, lat - 35];
  const both = (20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2 / 3;
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + both
    + (20 * sin(y * PI) + 40 * sin(y / 3 * PI)) * 2 / 3
    + (160 * sin(y / 12 * PI) + 320 * sin(y * PI / 30)) * 2 / 3;
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + both
    + (20 * sin(x * PI) + 40 * sin(x / 3 * PI)) * 2 / 3
    + (150 * sin(x / 12 * PI) + 300 * sin(x / 30 * PI)) * 2 / 3;
  const flat = 1 - ECCENTRICITY2 * sin(lat * RADIAN) ** 2;
  const meridian = AXIS_M * (1 - ECCENTRICITY2) / (flat * sqrt(flat));
  const parallel = AXIS_M / sqrt(flat) * cos(lat * RADIAN);
  return { lat: lat + north / (meridian * RADIAN), lng: lng + east / (parallel * RADIAN) };
}

/** Lay the base map; nothing is asked of anybody where none is set. */
export function layTiles(map, tiles = given.tiles) {
  if (!tiles) return;
  // Pale, for routes and dangers are what is to be seen.
  const options = { maxZoom: DEEPEST, opacity: 0.45 };
  const layer = tiles.datum === "gcj02" ? new (shifted())(tiles.url, options)
    : L.tileLayer(tiles.url, options);
  layer.addTo(map);
  const said = document.createElement("span");
  said.textContent = tiles.attribution;
  L.control.attribution({ prefix: false, position: "bottomleft" }).addAttribution(said.innerHTML)
    .addTo(map);
}

/** The two places in which Leaflet asks where the middle of the map lies among the tiles. */
const shifted = () => L.TileLayer.extend({
  _setZoomTransform(level, center, zoom) {
    L.TileLayer.prototype._setZoomTransform.call(this, level, moved(center), zoom);
  },
  _getTiledPixelBounds(center) {
    return L.TileLayer.prototype._getTiledPixelBounds.call(this, moved(center));
  },
});

function moved(center) {
  const { lat, lng } = toGcj(center);
  return L.latLng(lat, lng);
}
