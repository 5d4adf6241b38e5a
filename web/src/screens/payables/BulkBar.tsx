import { Button, NativeSelect, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import lists from "../../ui/List.module.css";
import { Money } from "../../ui/Money";
import { totals } from "../../ui/sum";
import classes from "./Payables.module.css";
import { confirming, type Payable } from "./queries";

type Props = {
  picked: Payable[];
  all: number;
  onAll: () => void;
  busy: boolean;
  onConfirm: (promise: Schemas["Promise"]) => void;
  onClear: () => void;
};

/** The bar under the list: how many are chosen, what they come to, and the act. */
export function BulkBar({ picked, all, onAll, busy, onConfirm, onClear }: Props) {
  const { t } = useTranslation();
  const [promise, setPromise] = useState<Schemas["Promise"]>("acknowledgement");
  const fresh = picked.some((p) => !confirming(p));
  return (
    <section className={lists.foot} aria-label={t("payables.bulk")}>
      <Text size="sm" aria-live="polite">
        {t("payables.chosen", { count: picked.length })}
      </Text>
      {totals(picked.map((p) => p.face)).map((sum) => (
        <Money key={sum.currency} value={sum} />
      ))}
      <span className={lists.grow} />
      {fresh && (
        <NativeSelect
          size="xs"
          aria-label={t("payables.promise.label")}
          value={promise}
          onChange={(e) => setPromise(e.currentTarget.value as Schemas["Promise"])}
          data={(["acknowledgement", "payment_undertaking"] as const).map((value) => ({
            value,
            label: t(`payables.promise.${value}`),
          }))}
        />
      )}
      {picked.length < all && (
        <Button size="compact-md" variant="default" className={classes.phone} onClick={onAll}>
          {t("payables.all", { count: all })}
        </Button>
      )}
      {picked.length > 0 && (
        <Button size="compact-md" variant="default" onClick={onClear}>
          {t("payables.clear")}
        </Button>
      )}
      <Button size="compact-md" disabled={picked.length === 0} loading={busy} onClick={() => onConfirm(promise)}>
        {t("payables.act.confirm", { count: picked.length })}
      </Button>
    </section>
  );
}
