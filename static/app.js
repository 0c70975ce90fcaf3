// Enhancements: each hangs on one data- attribute; without this file every task works the same.

// data-upload: files that are chosen or dropped are sent one by one, each with its progress and its result.
for (const form of document.querySelectorAll("form[data-upload]")) {
  const field = form.querySelector("[type=file]");
  const list = form.querySelector(".notes"), zone = form.querySelector(".drop");
  const waiting = [];
  let sending = false, good = 0, total = 0;
  const told = document.createElement("p");
  list.before(told);
  field.required = false;
  field.labels[0].textContent = "Choose files, or drop them here";
  const line = (file) => {
    const li = document.createElement("li");
    li.innerHTML = '<svg class="i" aria-hidden="true"><use/></svg><div><b></b> <span></span><br><progress max="100" value="0"></progress></div>';
    li.querySelector("span").textContent = file.name;
    li.querySelector("progress").setAttribute("aria-label", "Sent of " + file.name);
    sign(li, "todo", "Waiting:");
    list.append(li);
    return li;
  };
  const sign = (li, icon, word) => {
    li.querySelector("svg").setAttribute("class", "i " + ({ ok: "good", bad: "bad" }[icon] || "mute"));
    li.querySelector("use").setAttribute("href", form.dataset.icons + "#" + icon);
    li.querySelector("b").textContent = word;
  };
  const done = (li, item) => {
    const isGood = item.status === "accepted" || item.status === "duplicate";
    good += isGood;
    sign(li, isGood ? "ok" : "bad", item.title + ":");
    if (item.href) {
      const link = document.createElement("a");
      link.href = item.href;
      link.textContent = li.querySelector("span").textContent;
      li.querySelector("span").replaceChildren(link);
    }
    li.querySelector("progress").replaceWith(item.text);
    sending = false;
    if (waiting.length) return next();
    told.textContent = good + " of " + total + (total === 1 ? " file" : " files") + " accepted. What is rejected is kept too, with its reason. ";
    const again = document.createElement("a");
    again.href = location.pathname + location.search;
    again.textContent = "Show the list as it is now";
    told.append(again);
  };
  const next = () => {
    if (sending || !waiting.length) return;
    sending = true;
    const [file, li] = waiting.shift();
    const request = new XMLHttpRequest(), data = new FormData();
    data.append("file", file, file.name);
    request.open("POST", "/uploads?period=" + encodeURIComponent(new URL(form.action).searchParams.get("period")));
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", form.dataset.upload);
    request.responseType = "json";
    sign(li, "upload", "Sending:");
    request.upload.onprogress = (event) => {
      li.querySelector("progress").value = (event.loaded / event.total) * 100;
      if (event.loaded === event.total) sign(li, "todo", "Reading:");
    };
    request.onload = () => {
      const answer = request.response || {};
      done(li, (answer.items && answer.items[0]) || { title: "Not received", text: answer.detail || "The server answered " + request.status + ". Sign in again, then repeat." });
    };
    request.onerror = () => done(li, { title: "Not received", text: "The connection broke. Send it again." });
    request.send(data);
  };
  const add = (files) => {
    if (!sending && !waiting.length) { list.replaceChildren(); good = total = 0; }
    total += files.length;
    told.textContent = "";
    // What it says of an empty list is no longer so.
    document.querySelector("main .empty")?.remove();
    for (const file of files) waiting.push([file, line(file)]);
    next();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.files.length) return field.click();
    add([...field.files]);
    field.value = "";
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", kind === "dragover");
      if (kind === "drop") add([...event.dataTransfer.files]);
    });
  }
}

// data-print: a button that prints the page; without this file the browser's own does.
for (const held of document.querySelectorAll("template[data-print]")) {
  held.content.firstElementChild.addEventListener("click", () => print());
  held.replaceWith(held.content);
}
