"""Chinese of what contradicts itself, what would help, and of a solver that gives no answer."""

from __future__ import annotations

__all__ = ["MESSAGES", "SENTENCES"]

SENTENCES: dict[str, str] = {}

MESSAGES: dict[str, str] = {
    "No allocation satisfies these together; without any one of them the others can be satisfied:": "以下各项不能同时满足；去掉其中任意一项，其余即可满足：",
    "What would help, the least given up first:": "可行的调整（放弃最少者在前）：",
    "decided by hand: {amount}, because {because}": "人工确定：{amount}，理由：{because}",
    "{pool} holds {amount}": "{pool} 共有 {amount}",
    "the hours of {rep}": "{rep} 的工时",
    "what {product} is expected to sell in {region}": "{product} 在 {region} 的期望签约额",
    "{activity} in {region} takes no more money than its response covers": "{activity} 在 {region} 最多只能投入到其效果档次所及的金额",
    "the quotas add up to the target of {target}": "销售指标合计等于季度目标 {target}",
    "Money is spent only as far as it brings something.": "资金只投入到能带来效果为止。",
    # repairs
    "let {about} rise from {now} to {then}": "把 {about} 从 {now} 提高到 {then}",
    "let {about} fall from {now} to {then}": "把 {about} 从 {now} 降低到 {then}",
    "let {about} rise from {now} to {then} times": "把 {about} 从 {now} 倍提高到 {then} 倍",
    "let {about} fall from {now} to {then} times": "把 {about} 从 {now} 倍降低到 {then} 倍",
    "raise the target by {difference} to {then}": "把季度目标提高 {difference}，至 {then}",
    "lower the target by {difference} to {then}": "把季度目标降低 {difference}，至 {then}",
    "raise the hours of {about} by {hours} (from {now} to {then} a week)": "把 {about} 的工时增加 {hours} 小时（每周从 {now} 到 {then}）",
    "raise the pool {about} by {difference} to {then}": "把资金池 {about} 增加 {difference}，至 {then}",
    "move the lock {about} from {now} to {then}": "把锁定 {about} 从 {now} 改为 {then}",
    "make {id} a wish, which is then missed by {gap}": "把 {id} 改为弹性规则，届时差 {gap}",
    "take {id} as the most, which is then not reached by {gap}": "把 {id} 改为上限，届时低 {gap}",
    "take {id} as the least, which is then exceeded by {gap}": "把 {id} 改为下限，届时超出 {gap}",
    "leave {id} out, which is then missed by {gap}": "去掉 {id}，届时差 {gap}",
    "set the regions' targets by which {id} goes to {figures}": "调整 {id} 所依据的区域目标：{figures}",
    # no answer
    "There is no best answer: HiGHS calls the program unbounded, as something that brings a gain is limited by no rule, pool, demand or hours. Give the rules over it a bound, or enable them again": "没有最优解：某项有收益的变量不受任何规则、资金池、需求或工时限制（HiGHS 判定为无界）。请为相关规则设定上限，或重新启用",
    "HiGHS had no proven optimum after {seconds} seconds, so there is no answer. Allow it more with --set solver.seconds_per_solve={more}, or make the plan smaller: fewer products, regions, reps or rules for each cell": "HiGHS 在 {seconds} 秒内没有证明最优，因此没有答案。请用 --set solver.seconds_per_solve={more} 延长时间，或缩小计划：减少产品、区域、销售人员或逐格规则",
    "HiGHS gave no proven optimum, so there is no answer; its status is {status}. Look for figures that are very large or very small beside the others, and for rules that say nearly the same": "HiGHS 没有给出已证明的最优解，因此没有答案；其状态为 {status}。请检查与其他数字相比过大或过小的数字，以及内容几乎相同的规则",
    "The plan's figures lie too far apart for the solver to tell the small ones from nothing, so there is no answer. Beside the target of {target}, or beside each other, more than a billion times smaller or larger:": "计划中的数字相差过大，求解器无法把小数字与零区分开，因此没有答案。与季度目标 {target} 相比或彼此相比，相差超过十亿倍的有：",
    "Correct the target or these figures; leave out what is too small to matter": "请更正季度目标或这些数字；去掉小到无关紧要的数字",
}
