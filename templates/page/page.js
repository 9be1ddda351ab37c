// What a script can add to a page that needs none: a button that copies a sample,
// and exact times on the reader's own clock. Words come with the script's element.
(() => {
  const words = document.currentScript.dataset;
  const said = (pattern, moment, zone) => pattern.replace("{moment}", moment).replace("{zone}", zone);

  function addCopyButton(block) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy quiet";
    button.textContent = words.copy;
    const told = document.createElement("span");
    told.className = "hidden";
    told.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.textContent.replace(/\n$/, ""));
      button.textContent = words.copied;
      told.textContent = words.copied;
      setTimeout(() => {
        button.textContent = words.copy;
        told.textContent = "";
      }, 2000);
    });
    block.before(button, told);
  }

  // Minutes that the clocks of `zone` are ahead of UTC at that moment.
  function aheadOf(moment, zone) {
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" })
      .formatToParts(moment).find((part) => part.type === "timeZoneName").value;
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(parts) ?? [null, "+", 0, 0];
    return (sign === "-" ? -1 : 1) * (60 * Number(hours) + Number(minutes));
  }

  function addOwnTime(time, zone) {
    const moment = new Date(time.dataset.at);
    if (Number.isNaN(moment.getTime()) || aheadOf(moment, zone) === Number(time.dataset.ahead)) return;
    const form = new Intl.DateTimeFormat(document.documentElement.lang, {
      day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
      timeZone: zone, timeZoneName: "short",
    });
    const own = document.createElement("span");
    own.className = "there";
    const pattern = time.hasAttribute("data-day") ? words.from : words.at;
    own.textContent = said(pattern, form.format(moment), zone.replaceAll("_", " "));
    time.after(" ", own);
  }

  if (navigator.clipboard) document.querySelectorAll(".notice pre").forEach(addCopyButton);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.querySelectorAll("time[data-at]").forEach((time) => addOwnTime(time, zone));
})();
