import { Loader } from "@mantine/core";
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { Problem } from "./api/client";
import { me, organisations, original, pack, packPages, paper } from "./api/queries";
import { language } from "./i18n";
import { papers, paperSearch } from "./screens/documents/queries";
import { home as homeQuery, inbox as inboxQuery } from "./screens/inbox/queries";
import { calendarSearch } from "./screens/calendar/search";
import { filterFor, filterOf, ownSide, payable, payableList, payables, receivableSums } from "./screens/payables/queries";
import { Missing } from "./screens/Missing";
import { financing } from "./screens/financing/queries";
import { auditSearch } from "./screens/audit/queries";
import { exposures, financings, lent, onTheWay, queue, review, staged } from "./screens/bank/queries";
import { exposureSearch, financingSearch, reviewSearch } from "./screens/bank/search";
import { lines as statementLines, lineSearch, statement, statements } from "./screens/statements/queries";
import { type State as RequestState, requests, states as requestStates } from "./screens/requests/queries";
import { SignIn } from "./screens/SignIn";
import { trace } from "./screens/trace/queries";
import { preferences } from "./screens/settings/choices";
import { keys, node } from "./signing/keys";
import { ProblemNote } from "./ui/ProblemNote";

// Every screen and its address, on one page. A screen is fetched when it is first asked for.

type Context = { client: QueryClient };

// An address that is none stands outside of the frame, which has a main part of its own.
const Nowhere = () => (
  <main>
    <Missing />
  </main>
);

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: Nowhere });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    typeof search.to === "string" ? { to: search.to } : {},
  component: SignIn,
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(me);
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        throw redirect({ to: "/sign-in", search: { to: location.href } });
      }
      throw error;
    }
  },
  loader: ({ context }) => context.client.ensureQueryData(organisations),
  component: lazyRouteComponent(() => import("./ui/Shell"), "Shell"),
});

// An address that is none, for who is signed in: the rail stays.
const nowhere = createRoute({ getParentRoute: () => inside, path: "$", component: Missing });

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  loader: ({ context }) =>
    Promise.all([context.client.ensureQueryData(inboxQuery), context.client.ensureQueryData(homeQuery)]),
  component: lazyRouteComponent(() => import("./screens/inbox/Inbox"), "Inbox"),
});

const documentList = createRoute({
  getParentRoute: () => inside,
  path: "/documents",
  validateSearch: paperSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => context.client.ensureQueryData(papers(deps, 0)),
  component: lazyRouteComponent(() => import("./screens/documents/Documents"), "Documents"),
});

const documentPage = createRoute({
  getParentRoute: () => inside,
  path: "/documents/$id",
  validateSearch: (search: Record<string, unknown>): { finding?: number } =>
    typeof search.finding === "number" && Number.isInteger(search.finding) ? { finding: search.finding } : {},
  loader: ({ context, params, preload }) => {
    if (!preload) void context.client.prefetchQuery(original(params.id)); // beside what is said of it, not after
    return context.client.ensureQueryData(paper(params.id, language()));
  },
  component: lazyRouteComponent(() => import("./screens/Document"), "DocumentScreen"),
});

const fieldsPage = createRoute({
  getParentRoute: () => inside,
  path: "/documents/$id/fields",
  validateSearch: (search: Record<string, unknown>): { back?: string } =>
    typeof search.back === "string" ? { back: search.back } : {},
  loader: ({ context, params }) => context.client.ensureQueryData(paper(params.id, language())),
  component: lazyRouteComponent(() => import("./screens/fields/Fields"), "FieldsScreen"),
});

const financingList = createRoute({
  getParentRoute: () => inside,
  path: "/financings",
  validateSearch: financingSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => context.client.ensureInfiniteQueryData(financings(deps)),
  component: lazyRouteComponent(() => import("./screens/financing/Financings"), "Financings"),
});

const financingPage = createRoute({
  getParentRoute: () => inside,
  path: "/financings/$id",
  loader: ({ context, params }) => context.client.ensureQueryData(financing(params.id, language())),
  component: lazyRouteComponent(() => import("./screens/financing/Case"), "CaseScreen"),
});

const uploadPage = createRoute({
  getParentRoute: () => inside,
  path: "/upload",
  validateSearch: (search: Record<string, unknown>): { documents?: string } =>
    typeof search.documents === "string" ? { documents: search.documents } : {},
  component: lazyRouteComponent(() => import("./screens/upload/Upload"), "UploadScreen"),
});

const packList = createRoute({
  getParentRoute: () => inside,
  path: "/packs",
  loader: ({ context }) => context.client.ensureInfiniteQueryData(packPages),
  component: lazyRouteComponent(() => import("./screens/Packs"), "Packs"),
});

const packPage = createRoute({
  getParentRoute: () => inside,
  path: "/packs/$id",
  loader: ({ context, params }) => context.client.ensureQueryData(pack(params.id, language())),
  component: lazyRouteComponent(() => import("./screens/Pack"), "PackScreen"),
});

const requestList = createRoute({
  getParentRoute: () => inside,
  path: "/requests",
  validateSearch: (search: Record<string, unknown>): { state?: RequestState } => {
    const state = requestStates.find((s) => s === search.state);
    return state ? { state } : {};
  },
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => context.client.ensureInfiniteQueryData(requests(deps.state)),
  component: lazyRouteComponent(() => import("./screens/requests/Requests"), "Requests"),
});

const payableScreens = createRoute({
  getParentRoute: () => inside,
  path: "/payables",
  validateSearch: filterOf,
  loaderDeps: ({ search }) => search,
  loader: async ({ context: { client }, deps }) => {
    const filter = filterFor(deps, await client.ensureQueryData(me));
    await Promise.all([client.ensureInfiniteQueryData(payables(filter)), client.ensureQueryData(receivableSums(filter))]);
  },
  component: lazyRouteComponent(() => import("./screens/payables/Payables"), "Payables"),
});

const payableListPage = createRoute({
  getParentRoute: () => inside,
  path: "/payables/lists/$id",
  loader: ({ context, params }) => context.client.ensureQueryData(payableList(params.id, language())),
  component: lazyRouteComponent(() => import("./screens/payables/List"), "PayableListScreen"),
});

const payablePage = createRoute({
  getParentRoute: () => inside,
  path: "/payables/$id",
  loader: ({ context, params }) => context.client.ensureQueryData(payable(params.id)),
  component: lazyRouteComponent(() => import("./screens/payables/Payable"), "PayableScreen"),
});

const disputeList = createRoute({
  getParentRoute: () => inside,
  path: "/disputes",
  loader: async ({ context }) =>
    context.client.ensureInfiniteQueryData(payables({ tab: "disputed", side: ownSide(await context.client.ensureQueryData(me)) })),
  component: lazyRouteComponent(() => import("./screens/payables/Disputes"), "Disputes"),
});

const calendarPage = createRoute({
  getParentRoute: () => inside,
  path: "/calendar",
  validateSearch: calendarSearch,
  component: lazyRouteComponent(() => import("./screens/calendar/Calendar"), "CalendarScreen"),
});

const dueScreens = [payableScreens, payableListPage, payablePage, disputeList, calendarPage];
const pipelinePage = createRoute({
  getParentRoute: () => inside,
  path: "/pipeline",
  validateSearch: financingSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => context.client.ensureInfiniteQueryData(financings(staged(deps, onTheWay))),
  component: lazyRouteComponent(() => import("./screens/bank/Pipeline"), "Pipeline"),
});

const portfolioPage = createRoute({
  getParentRoute: () => inside,
  path: "/portfolio",
  validateSearch: financingSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => context.client.ensureInfiniteQueryData(financings(staged(deps, lent))),
  component: lazyRouteComponent(() => import("./screens/bank/Pipeline"), "Portfolio"),
});

const exposurePage = createRoute({
  getParentRoute: () => inside,
  path: "/exposure",
  validateSearch: exposureSearch,
  loader: ({ context }) => context.client.ensureQueryData(exposures()),
  component: lazyRouteComponent(() => import("./screens/bank/Exposure"), "Exposure"),
});

const reviewPage = createRoute({
  getParentRoute: () => inside,
  path: "/review/$id",
  validateSearch: reviewSearch,
  loader: async ({ context: { client }, params }) => {
    const actor = await client.ensureQueryData(me);
    // The place in the queue is there with the case: told later, it would move the head.
    await Promise.all([client.ensureQueryData(review(params.id, language())), client.prefetchQuery(queue(actor))]);
  },
  component: lazyRouteComponent(() => import("./screens/bank/Review"), "Review"),
});

const statementList = createRoute({
  getParentRoute: () => inside,
  path: "/statements",
  loader: ({ context }) => context.client.ensureInfiniteQueryData(statements),
  component: lazyRouteComponent(() => import("./screens/statements/Statements"), "Statements"),
});

const statementPage = createRoute({
  getParentRoute: () => inside,
  path: "/statements/$id",
  validateSearch: lineSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, params, deps }) =>
    Promise.all([
      context.client.ensureQueryData(statement(params.id)),
      context.client.ensureInfiniteQueryData(statementLines(params.id, deps.state, language())),
    ]),
  component: lazyRouteComponent(() => import("./screens/statements/Statement"), "StatementScreen"),
});

const bankPages = [pipelinePage, portfolioPage, exposurePage, reviewPage, statementList, statementPage] as const;

const searchPage = createRoute({
  getParentRoute: () => inside,
  path: "/search",
  // A number in an address is read as one.
  validateSearch: (search: Record<string, unknown>): { q?: string } =>
    typeof search.q === "string" || typeof search.q === "number" ? { q: String(search.q) } : {},
  component: lazyRouteComponent(() => import("./screens/search/Search"), "SearchScreen"),
});

const tracePage = createRoute({
  getParentRoute: () => inside,
  path: "/trace/$id",
  validateSearch: (search: Record<string, unknown>): { view?: "graph" | "table" } =>
    search.view === "graph" || search.view === "table" ? { view: search.view } : {},
  loader: ({ context, params }) => context.client.ensureQueryData(trace(params.id)),
  component: lazyRouteComponent(() => import("./screens/trace/Trace"), "TraceScreen"),
});

const reportsPage = createRoute({
  getParentRoute: () => inside,
  path: "/reports",
  component: lazyRouteComponent(() => import("./screens/reports/Reports"), "Reports"),
});

const auditPage = createRoute({
  getParentRoute: () => inside,
  path: "/audit",
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import("./screens/audit/Audit"), "Audit"),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: "/settings",
  component: lazyRouteComponent(() => import("./screens/settings/Settings"), "Settings"),
});

const notifications = createRoute({
  getParentRoute: () => settings,
  path: "/notifications",
  loader: ({ context }) => context.client.ensureQueryData(preferences),
  component: lazyRouteComponent(() => import("./screens/settings/Notifications"), "Notifications"),
});

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: async ({ context }) => {
    const { roles } = await context.client.ensureQueryData(me);
    throw redirect({ to: roles.includes("admin") ? "/settings/team" : "/settings/keys" }); // an admin comes for others
  },
});

const settingsKeys = createRoute({
  getParentRoute: () => settings,
  path: "/keys",
  loader: ({ context }) => Promise.all([context.client.ensureQueryData(keys), context.client.ensureQueryData(node)]),
  component: lazyRouteComponent(() => import("./screens/settings/Keys"), "Keys"),
});

const settingsSecurity = createRoute({
  getParentRoute: () => settings,
  path: "/security",
  component: lazyRouteComponent(() => import("./screens/settings/Security"), "Security"),
});

const settingsPreferences = createRoute({
  getParentRoute: () => settings,
  path: "/preferences",
  component: lazyRouteComponent(() => import("./screens/settings/Preferences"), "Preferences"),
});

const settingsTeam = createRoute({
  getParentRoute: () => settings,
  path: "/team",
  component: lazyRouteComponent(() => import("./screens/settings/Team"), "Team"),
});

const settingsPerson = createRoute({
  getParentRoute: () => settings,
  path: "/team/$id",
  component: lazyRouteComponent(() => import("./screens/settings/Person"), "Person"),
});

const settingsRoles = createRoute({
  getParentRoute: () => settings,
  path: "/roles",
  component: lazyRouteComponent(() => import("./screens/settings/Roles"), "Roles"),
});

const settingsProgrammes = createRoute({
  getParentRoute: () => settings,
  path: "/programmes",
  component: lazyRouteComponent(() => import("./screens/settings/Programmes"), "Programmes"),
});

const settingsRequests = createRoute({
  getParentRoute: () => settings,
  path: "/requests",
  component: lazyRouteComponent(() => import("./screens/settings/Requests"), "Requests"),
});

function Failure({ error, reset }: { error: unknown; reset: () => void }) {
  if (error instanceof Problem && error.status === 404) return <Missing />;
  return <ProblemNote error={error} onRetry={reset} />;
}

export function newRouter(client: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([
      signIn,
      inside.addChildren([
        nowhere,
        home,
        documentList,
        documentPage,
        fieldsPage,
        uploadPage,
        financingList,
        financingPage,
        packList,
        packPage,
        requestList,
        ...dueScreens,
        ...bankPages,
        searchPage,
        tracePage,
        reportsPage,
        auditPage,
        settings.addChildren([
          settingsHome,
          settingsKeys,
          settingsSecurity,
          settingsPreferences,
          notifications,
          settingsTeam,
          settingsPerson,
          settingsRoles,
          settingsProgrammes,
          settingsRequests,
        ]),
      ]),
    ]),
    context: { client },
    defaultPreload: "intent",
    defaultPendingComponent: () => <Loader m="xl" size="sm" />,
    defaultErrorComponent: Failure,
    scrollRestoration: true,
    // A list begins at the top of another answer; without this its place is carried over from the address before.
    scrollToTopSelectors: ["[data-scroll-restoration-id=list]"],
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
