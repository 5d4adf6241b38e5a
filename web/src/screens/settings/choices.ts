import { queryOptions } from "@tanstack/react-query";
import { api, taken } from "../../api/client";

/** How the person is told by mail. */
export const preferences = queryOptions({
  queryKey: ["preferences"],
  queryFn: () => taken(api.GET("/v1/preferences")),
});
