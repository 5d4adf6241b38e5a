import { useTranslation } from "react-i18next";
import { useNames } from "../../api/names";
import { shortDigest } from "../../ui/format";
import { actWord } from "../trace/words";
import type { Hit, HitKind } from "./queries";

/** How a hit is named, and by what it is told from others of its kind. */
export function useHitWords(): (kind: HitKind, hit: Hit) => { title: string; about: string } {
  const { t } = useTranslation();
  const nameOf = useNames();
  return (kind, hit) => {
    const parties = (hit.organisations ?? []).map(nameOf).join(" → ");
    switch (kind) {
      case "party":
        return { title: nameOf(hit.id), about: t("search.partyAbout") };
      case "transaction":
        return {
          title: hit.act ? actWord(t, hit.act) : shortDigest(hit.id),
          about: t("search.transactionAbout", { block: hit.block ?? 0, id: shortDigest(hit.id) }),
        };
      case "document":
        return { title: `${t(`kind.${hit.paper ?? "unread"}`)} ${hit.title}`, about: parties };
      case "financing":
        return { title: t("search.financingTitle", { bank: nameOf(hit.organisations?.[1] ?? "") }), about: parties };
      case "receivable":
      case "pack":
        return { title: hit.title, about: parties };
    }
  };
}
