// The first questions of the board, asked while its other modules are still on their way: who
// reads, which plans there are, and the one that is shown.

import { ask, whoAmI } from "./service.js";

const PLANS = 30;
const address = new URLSearchParams(location.search);

export const overviewPath = (plan, version = null) =>
  `/v1/plans/${encodeURIComponent(plan)}/overview${version ? `?version=${version}` : ""}`;

export const askForPlans = () => ask(`/v1/plans?limit=${PLANS}`);

const session = whoAmI({ stay: true });
const plans = askForPlans();

async function firstOverview() {
  const wanted = address.get("plan");
  if (wanted) return ask(overviewPath(wanted, address.get("version")));
  const { items: [newest] } = await plans;
  return newest ? ask(overviewPath(newest.id)) : null;
}

/** Answers to come; what is refused is said by whoever waits for it. */
export const early = { session, plans, overview: firstOverview() };

for (const answer of Object.values(early)) answer.catch(() => null);
