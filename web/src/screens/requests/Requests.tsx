import { Button, Text, Title } from "@mantine/core";
import { useSuspenseInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { me } from "../../api/queries";
import { requests, states } from "./queries";
import { RequestList } from "./RequestList";
import classes from "./Requests.module.css";

/** Papers that one was asked for and asks others for. */
export function Requests() {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const { state } = useSearch({ from: "/inside/requests" });
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = useSuspenseInfiniteQuery(requests(state));
  const none = actor.kind === "bank" ? "requests.noneBank" : "requests.none"; // a bank comes to a pack by its case
  const items = data.pages.flatMap((p) => p.items);
  return (
    <div className={classes.all}>
      <Title order={1}>{t("requests.title")}</Title>
      <Text size="sm" c="dimmed" maw={760}>
        {t("requests.text")}
      </Text>
      <nav className={classes.filters} aria-label={t("requests.filter")}>
        <Link to="/requests" search={{}} className={classes.filter} {...(state ? {} : { "aria-current": "page" as const })}>
          {t("requests.all")}
        </Link>
        {states.map((s) => (
          <Link
            key={s}
            to="/requests"
            search={{ state: s }}
            className={classes.filter}
            {...(state === s ? { "aria-current": "page" as const } : {})}
          >
            {t(`requests.state.${s}`)}
          </Link>
        ))}
      </nav>
      {items.length === 0 ? (
        <Text size="sm" mt="md" maw={560}>
          {t(state ? "requests.noneSuch" : none)}
        </Text>
      ) : (
        <RequestList items={items} />
      )}
      {hasNextPage && (
        <Button mt="md" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("requests.more")}
        </Button>
      )}
    </div>
  );
}
