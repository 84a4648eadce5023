// A plan as the board knows it: what /v1 says of it, with colours, moments and names put to it.

import { grouped } from "./format.js";
import { t } from "./words.js";

const HUES = 10;
const DASHES = [null, "12 4", "6 4", "2 4", "12 4 2 4", "16 2 2 2"];
const COLDEST = ["frozen", "chilled", "controlled"];
const LINEHAUL = "linehaul";

export class Plan {
  constructor(overview) {
    this.overview = overview;
    this.id = overview.plan;
    this.begin = Date.parse(overview.horizon_start);
    this.sites = new Map(overview.sites.map((site) => [site.id, site]));
    this.routes = overview.routes.map((route) => ({ ...route,
      isLinehaul: route.echelon === LINEHAUL,
      kg: route.loads.reduce((sum, load) => sum + load.kg, 0),
      path: [route.start_site, ...route.stops.map((stop) => stop.site), route.end_site] }));
    this.byId = new Map(this.routes.map((route) => [route.id, route]));
    this.waves = [...new Set(this.routes.map((route) => route.wave))];
    this.grids = overview.sites.filter((site) => site.kind === "grid");
    this.places = placed(this.routes);
  }

  get tag() {
    return `"${this.id}.${this.overview.revision}"`;
  }

  get isNewest() {
    return this.overview.version === this.overview.newest_version;
  }

  at(seconds) {
    return this.begin + seconds * 1000;
  }

  name(site) {
    return this.sites.get(site)?.name || site;
  }

  /** Say whether all that is handed over at a stop is pinned to the vehicle that brings it. */
  isPinned(route, stop) {
    const keys = [...stop.lines, ...stop.collects];
    return keys.length > 0 && keys.every((key) => this.overview.pins[key] === route.vehicle);
  }

  isLocked(route) {
    return this.overview.locks.includes(route.id);
  }

  /** Give the look of a route: a colour and a dash, by what the reader wants to tell apart. */
  look(route, mode) {
    if (route.isLinehaul) return { colour: "--ink", dash: null };
    if (mode === "zone") return { colour: `--${coldest(route)}`, dash: null };
    const place = mode === "wave" ? this.waves.indexOf(route.wave)
      : this.places[mode === "vehicle" ? "vehicles" : "routes"]
        .get(mode === "vehicle" ? route.vehicle : route.id);
    return { colour: `--route-${place % HUES}`, dash: DASHES[Math.floor(place / HUES) % DASHES.length] };
  }

  /** Give the routes that a filter lets through: "" or "kind:value". */
  filtered(filter) {
    const [kind, value] = [filter.slice(0, filter.indexOf(":")), filter.slice(filter.indexOf(":") + 1)];
    const tests = {
      echelon: (route) => route.echelon === value,
      grid: (route) => route.start_site === value || route.path.includes(value),
      wave: (route) => route.wave === value,
      zone: (route) => route.loads.some((load) => load.zone === value && load.kg > 0),
      vehicle: (route) => route.vehicle === value,
    };
    return tests[kind] ? this.routes.filter(tests[kind]) : this.routes;
  }

  /** Give the routes that drive otherwise than in another version, and those that were only there. */
  changesSince(other) {
    const way = (route) => `${route.vehicle} ${route.departs_s} ${route.path.join(" ")}`;
    const moved = this.routes.filter((route) => {
      const was = other.byId.get(route.id);
      return !was || way(was) !== way(route);
    });
    return { moved, gone: other.routes.filter((route) => !this.byId.has(route.id)) };
  }

  /** Give the smallest distance to the edge of a band; null where nothing is predicted. */
  get leastMargin() {
    const all = this.routes.flatMap((route) => route.stops).flatMap((stop) => stop.zones)
      .map((zone) => zone.margin_c).filter((margin) => margin !== null);
    return all.length ? Math.min(...all) : null;
  }

  get fill() {
    const loads = this.routes.flatMap((route) => route.loads).filter((load) => load.room_l);
    const room = loads.reduce((sum, load) => sum + load.room_l, 0);
    return room ? loads.reduce((sum, load) => sum + load.litres, 0) / room : null;
  }

  /** Give an instant of the day on which goods are handed over. */
  get dayOf() {
    const vans = this.routes.filter((route) => !route.isLinehaul);
    const departs = (vans.length ? vans : this.routes).map((route) => route.departs_s);
    return this.at(departs.length ? Math.min(...departs) : 0);
  }

  get stops() {
    return this.routes.filter((route) => !route.isLinehaul)
      .reduce((sum, route) => sum + route.stops.length, 0);
  }

  /** Give where a vehicle should be at a moment: a place between two sites, or null. */
  whereabouts(vehicle, moment) {
    const seconds = (moment - this.begin) / 1000;
    const route = this.routes.find((one) => one.vehicle === vehicle
      && one.departs_s <= seconds && seconds <= one.returns_s);
    if (!route) return null;
    const legs = route.stops.map((stop) => [stop.site, stop.arrives_s, stop.departs_s]);
    legs.push([route.end_site, route.returns_s, route.returns_s]);
    let [from, left] = [route.start_site, route.departs_s];
    for (const [site, arrives, departs] of legs) {
      if (seconds < arrives) return this.between(from, site, (seconds - left) / (arrives - left));
      if (seconds <= departs) return this.between(site, site, 0);
      [from, left] = [site, departs];
    }
    return null;
  }

  between(from, to, share) {
    const [a, b] = [this.sites.get(from), this.sites.get(to)];
    return a && b ? [a.lat + (b.lat - a.lat) * share, a.lon + (b.lon - a.lon) * share] : null;
  }
}

/** Number routes and vehicles inside their grid, so that a hue seldom comes twice in one place. */
function placed(routes) {
  const routesOf = new Map();
  const vehiclesOf = new Map();
  const found = { routes: new Map(), vehicles: new Map() };
  for (const route of routes.filter((one) => !one.isLinehaul)) {
    const count = routesOf.get(route.start_site) ?? 0;
    found.routes.set(route.id, count);
    routesOf.set(route.start_site, count + 1);
    if (found.vehicles.has(route.vehicle)) continue;
    const vehicles = vehiclesOf.get(route.start_site) ?? 0;
    found.vehicles.set(route.vehicle, vehicles);
    vehiclesOf.set(route.start_site, vehicles + 1);
  }
  return found;
}

export const coldest = (route) =>
  COLDEST.find((zone) => route.loads.some((load) => load.zone === zone && load.kg > 0)) ?? COLDEST[2];

/** Name a route as people do: its vehicle, and which trip where it makes several. */
export const routeName = (route) => (route.trip > 1
  ? t("dispatch.trip", { vehicle: route.vehicle, trip: route.trip }) : route.vehicle);

export const kilometres = (metres) => `${grouped(metres / 1000, 1)} km`;
export const whole = (value) => grouped(value);

/** Write money to the cent, with its sign: what a change costs. */
export function moreYuan(cents) {
  const text = `¥${(Math.abs(cents) / 100).toFixed(2)}`;
  return cents < 0 ? `−${text}` : `+${text}`;
}

/** Say a code of the service in words; one that is new to this page as it came. */
export function inWords(group, code) {
  try {
    return t(`${group}.${code}`);
  } catch {
    return code;
  }
}
