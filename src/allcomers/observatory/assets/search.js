// Finds a service by name, place or code. The page works without it: the A to Z lists everything.
(function () {
  "use strict";
  var form = document.querySelector("form.search");
  if (!form) return;
  var input = form.querySelector("input");
  var list = form.querySelector(".results");
  var status = form.querySelector("#found");
  var shown = 12;
  form.hidden = false;

  function load(then) {
    if (window.ALLCOMERS_PLACES) return then();
    var script = document.createElement("script");
    script.src = form.dataset.index;
    script.onload = then;
    script.onerror = function () { status.textContent = "The search could not be loaded. The A to Z below lists every service."; };
    document.head.appendChild(script);
  }

  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
  }

  function matches(words) {
    return window.ALLCOMERS_PLACES.filter(function (place) {
      return words.every(function (word) { return (" " + place[4]).indexOf(" " + word) >= 0; });
    });
  }

  function item(place) {
    var entry = document.createElement("li");
    var link = document.createElement("a");
    link.href = form.dataset.root + place[3];
    link.textContent = place[0];
    var note = document.createElement("span");
    note.className = "small";
    note.textContent = " " + place[2];
    entry.append(link, note);
    return entry;
  }

  function search() {
    var words = plain(input.value).split(" ").filter(Boolean);
    list.replaceChildren();
    if (!words.length || !window.ALLCOMERS_PLACES) { status.textContent = ""; return; }
    var found = matches(words);
    status.textContent = found.length === 0
      ? "Nothing found. Try a town, a county or the name of the trust, or look in the A to Z below."
      : found.length + " found" + (found.length > shown ? ", the first " + shown + " shown" : "");
    found.slice(0, shown).forEach(function (place) { list.appendChild(item(place)); });
  }

  input.addEventListener("focus", function () { load(search); }, { once: true });
  input.addEventListener("input", function () { load(search); });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var first = list.querySelector("a");
    if (first) first.click();
  });
})();
