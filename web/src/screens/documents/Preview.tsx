import { Loader } from "@mantine/core";
import { usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { original, paper } from "../../api/queries";
import { Original } from "../../source/Original";
import { findingPlaces } from "../../source/places";
import { ProblemNote } from "../../ui/ProblemNote";
import classes from "./Documents.module.css";

/** A look into a paper beside the list. */
export function Preview({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useQuery(paper(id, i18n.language));
  const places = useMemo(() => findingPlaces(data?.findings ?? []), [data]);
  usePrefetchQuery(original(id)); // beside what is said of it, not after
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loader m="md" size="sm" aria-label={t("common.loading")} />;
  return (
    <div className={classes.original}>
      <Original id={data.id} read={data} places={places} chosen={undefined} placesFirst />
    </div>
  );
}
