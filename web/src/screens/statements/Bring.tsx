import { Button, Text } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../../api/client";
import { me } from "../../api/queries";
import { instant } from "../../ui/format";
import { ProblemNote } from "../../ui/ProblemNote";
import { mayBring, send } from "./queries";
import classes from "./Statements.module.css";

/** Takes one statement by choosing or dropping; says where a file is wrong, and when it was there before. */
export function Bring() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { data: actor } = useSuspenseQuery(me);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const upload = useMutation({
    mutationFn: send,
    onSuccess: async ({ statement, again }) => {
      await client.invalidateQueries({ queryKey: ["statements"] });
      if (!again) await navigate({ to: "/statements/$id", params: { id: statement.id } });
    },
  });
  if (!mayBring(actor)) {
    return (
      <Text size="sm" c="dimmed" className={classes.bring}>
        {t("statements.upload.may")}
      </Text>
    );
  }
  const take = (file: File | null | undefined) => {
    if (file && !upload.isPending) upload.mutate(file);
  };
  const drag = (e: DragEvent) => {
    e.preventDefault(); // a statement is no paper of a trade: the rest of the portal does not take it
    setOver(e.type === "dragover");
    if (e.type === "drop") take(e.dataTransfer.files[0]);
  };
  return (
    <div className={classes.bring}>
      <div className={classes.zone} data-over={over || undefined} data-testid="statement-zone" onDragOver={drag} onDragLeave={drag} onDrop={drag}>
        <input
          ref={input}
          type="file"
          hidden
          accept=".xml,.csv"
          data-testid="statement"
          onChange={(e) => {
            take(e.currentTarget.files?.[0]);
            e.currentTarget.value = ""; // the same file may be chosen again
          }}
        />
        <Button
          size="compact-md"
          leftSection={<IconUpload size={16} aria-hidden />}
          loading={upload.isPending}
          onClick={() => input.current?.click()}
        >
          {t("statements.upload.choose")}
        </Button>
        <Text size="sm">{t("statements.upload.drop")}</Text>
        <Text size="xs" c="dimmed">
          {t("statements.upload.formats")}
        </Text>
      </div>
      {upload.isError && <Wrong error={upload.error} />}
      {upload.data?.again && (
        <p role="status" className={classes.note}>
          {t("statements.upload.again", { at: instant(upload.data.statement.imported_at), name: upload.data.statement.imported_by_name })}{" "}
          <Link to="/statements/$id" params={{ id: upload.data.statement.id }} className={classes.link}>
            {t("statements.upload.openAgain")}
          </Link>
        </p>
      )}
    </div>
  );
}

/** Why a file was not taken, where in it, and that nothing of it was kept. */
function Wrong({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const path = error instanceof Problem ? error.faults.find((f) => f.path)?.path : undefined;
  return (
    <>
      <ProblemNote error={error} />
      {error instanceof Problem && error.status === 422 && (
        <Text size="sm" className={classes.path}>
          {path && `${t("statements.upload.where", { path })} `}
          {t("statements.upload.wrong")}
        </Text>
      )}
    </>
  );
}
