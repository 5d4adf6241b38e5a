import "./mantine.css";
import "./main.css";
import { MantineProvider } from "@mantine/core";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "./api/client";
import { me, organisations } from "./api/queries";
import { startLanguage } from "./i18n";
import { newRouter } from "./router";
import { theme, variables } from "./theme";
import { startDensity } from "./ui/density";

/** The page carries a nonce for what it adds to itself; only styles need it. */
const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      const ended = error instanceof Problem && error.status === 401;
      if (ended && router.state.location.pathname !== "/sign-in") {
        void router.navigate({ to: "/sign-in", search: { to: router.state.location.href } });
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server refuses it refuses again; only a passing failure is asked once more.
      retry: (times, error) => times < 1 && !(error instanceof Problem && error.status < 500),
    },
  },
});
const router = newRouter(client);

/** What the screen shows and its code are asked for while the words are on their way, not after. */
function startEarly() {
  if (router.latestLocation.pathname === "/sign-in") return;
  void client.prefetchQuery(me);
  void client.prefetchQuery(organisations);
  void router.load();
  for (const match of router.matchRoutes(router.latestLocation)) {
    const route = router.routesById[match.routeId as keyof typeof router.routesById];
    void Promise.resolve(router.loadRouteChunk(route)).catch(() => undefined); // the router tells of it when it is needed
  }
}

startDensity();
const spoken = startLanguage();
startEarly();
await spoken;
const place = document.getElementById("root");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={variables}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
